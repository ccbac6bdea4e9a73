"""Django application of the consultation toolkit: pages and storage over `tirage`, `dossier` and `analyse`."""
