"""What those who run the installation watch: requests, whether it lives and is ready, and its figures."""
