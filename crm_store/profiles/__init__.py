"""Countries' rules for telemarketing, as they are shipped: data for :mod:`crm_store.country_profiles`."""
