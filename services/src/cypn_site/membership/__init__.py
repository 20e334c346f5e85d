"""The pages of membership: joining, checks, one's own profile and data, complaints."""
