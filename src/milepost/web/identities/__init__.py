"""Who is who in a source: whom its agents and groups stand for."""
