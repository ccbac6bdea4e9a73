"""Listening to users: fair draw, dossiers under L.131-1 and L.132-1, analysis; no web, no database here."""
