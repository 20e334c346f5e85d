"""Charts and maps as SVG: pure functions of what they show, styled by the site's style sheet."""
