"""Running on a platform: rights in the database, marks of an installation, health, figures."""
