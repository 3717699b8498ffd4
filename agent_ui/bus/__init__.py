"""The bus joins the engines, which hold the Asterisk links, to the web nodes, which hold the panels."""
