"""Why a file is not taken, or not given."""

from core.errors import DaobanError, NotFound, Unavailable


class FileTooLarge(DaobanError):
    """More bytes, or more pixels, than are taken."""

    status = 413
    code = "file_too_large"


class FileTypeRefused(DaobanError):
    """Its content is of none of the types that are taken, whatever its name says."""

    status = 415
    code = "file_type_refused"


class FileUnreadable(DaobanError):
    """It begins as a file of a type that is taken, but is empty, broken or locked."""

    status = 422
    code = "file_unreadable"


class TooManyFiles(DaobanError):
    """This conversation sent as many files as it may in a day."""

    status = 429
    code = "too_many_files"


class NoSuchFile(NotFound):
    """There is none, it is another conversation's, or its time was over."""

    code = "no_such_file"


class FilesUnavailable(Unavailable):
    """The place where files are kept is full or away; nothing of the file was kept."""

    code = "files_unavailable"
