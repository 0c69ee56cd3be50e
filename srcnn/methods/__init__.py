"""Methods of enlarging an image: one file each, found by ``srcnn.registry``."""
