"""FreeScout, read over the interface of its module API & Webhooks."""
