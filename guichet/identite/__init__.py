"""OpenID Connect sign-in, shared by both sites."""
