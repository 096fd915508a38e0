"""Guided flows (导办流程): definitions, the engine, storage of runs, and what is shown of them."""
