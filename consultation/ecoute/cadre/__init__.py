"""Frame of every page: base templates, error pages, content policy, forms, mails, PDF."""
