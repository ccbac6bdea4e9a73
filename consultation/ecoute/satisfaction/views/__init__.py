"""Pages: public.py for people, equipe.py for the team."""
