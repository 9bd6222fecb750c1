"""Who is who: accounts, organizations, roles and invitations; sign-in is by django-allauth."""
