"""Sign-in through the platform's identity provider (OpenID Connect code flow, PKCE, nonce, state)."""
