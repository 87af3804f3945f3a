"""django-helpdesk, read through a file that is put into its project."""
