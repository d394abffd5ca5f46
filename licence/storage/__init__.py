"""What the licence service remembers: types, numbers, issuances, licences."""
