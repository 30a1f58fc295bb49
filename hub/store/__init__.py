"""MongoDB through PyMongo's own asyncio client: one file per aggregate."""
