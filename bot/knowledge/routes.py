"""HTTP of the editors' desk with its doors: `/api/v1/kb`."""

from fastapi import APIRouter, Depends

from escalation.staff.access import require_staff
from knowledge_base.editing.asked_routes import asked_router, correction_router
from knowledge_base.editing.review_routes import review_router
from knowledge_base.editing.routes import entry_router
from knowledge_base.editing.trial_routes import trial_router
from knowledge_base.importing.routes import importing_router

READER = Depends(require_staff("editor", "reviewer", "administrator", "auditor"))
EDITOR = Depends(require_staff("editor", "administrator"))
REVIEWER = Depends(require_staff("reviewer", "administrator"))
EITHER = Depends(require_staff("editor", "reviewer", "administrator"))

router = APIRouter()
router.include_router(entry_router(READER, EDITOR))
router.include_router(review_router(EDITOR, REVIEWER, EITHER))
router.include_router(trial_router(READER))
router.include_router(importing_router(READER))
router.include_router(asked_router(READER, EDITOR))
router.include_router(correction_router(READER, REVIEWER))
