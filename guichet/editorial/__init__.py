"""Wagtail pages and starter pages."""
