"""Preparation: which parcel, picked and packed right."""
