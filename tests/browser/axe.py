"""What axe-core finds wrong with a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# All rules of WCAG 2.0–2.2 A and AA and the best practices; the size of targets is off unless asked for. Loading the
# styles into the page again, which no rule here needs, would break the page's own policy.
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}, "preload": False}


def axe(page: Page) -> list[str]:
    """Each element that breaks a rule, with the rule, on a line, once the page is whole; nothing where all is well."""
    page.wait_for_load_state()
    violations = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{each['id']}: {' '.join(node['target'])} {node['html']}" for each in violations for node in each["nodes"]]
