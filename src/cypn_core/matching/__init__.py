"""The main job as pure functions: who fits whom, how far, why not, and whose turn it is."""
