"""What the platform's Django applications share: pure modules, no Django app, no model, no page."""
