"""Who is there, and how surely: the OpenID Connect provider of the province."""
