"""What joins the rooms into a running app: one file a joint, composed by `Sandbox`."""
