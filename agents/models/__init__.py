"""Any language model behind one port: asked, paid, tried again, recorded."""
