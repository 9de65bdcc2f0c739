"""The shop in the world: the catalogue, the vault of codes, the roles that were earned."""
