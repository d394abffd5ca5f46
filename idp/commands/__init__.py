"""The provider's verbs."""
