"""The store: SQLite or PostgreSQL, through SQLAlchemy Core.

``engine`` opens it, ``tables`` declares it, ``migrations`` makes it, ``guard`` keeps it free of
double bookings; ``events``, ``idempotency`` and ``leases`` see that nothing is lost or done twice.
"""
