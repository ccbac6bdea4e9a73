"""Pages of a resident's account: sign-up, contact details, preferences, closing."""
