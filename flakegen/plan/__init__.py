"""Lowering of spec, unit graphs and embedded files to the one BuildPlan that outputs read."""
