"""The store on SQLite. ``tests/real/test_store.py`` runs the same tests on PostgreSQL."""
