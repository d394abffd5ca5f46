"""The protocol's machinery: what a relying party's library talks to."""
