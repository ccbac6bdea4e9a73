"""Frame of every page: base templates, components, error pages, content policy, forms, mails, PDF."""
