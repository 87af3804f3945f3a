"""Users: who may sign in, as what, and with which seat."""
