"""Listening workshops: plan, invite, welcome, take notes; consents by purpose."""
