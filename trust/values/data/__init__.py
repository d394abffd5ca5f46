"""Code tables as the source gave them; README.txt beside them holds origin, changes and notices."""
