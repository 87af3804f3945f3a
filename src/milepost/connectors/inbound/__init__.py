"""What others send to an address of ours; docs/guide/connect/inbound.md has its form."""
