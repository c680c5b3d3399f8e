"""What a deployment costs a month, from its templates and a dated table of prices."""
