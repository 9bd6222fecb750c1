"""The confidential wing: receives, checks and keeps records, and prepares drafts. It publishes nothing."""
