"""Electronic licences: catalogued, issued, shown, verified."""
