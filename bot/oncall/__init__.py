"""Who is called when somebody is in danger."""
