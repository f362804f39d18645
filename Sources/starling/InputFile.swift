import Foundation

/// Files that a user names, and what is wrong with them in words.
enum InputFile {
    /// The content of a small file.
    ///
    /// - Parameter what: what the file is, as in `the key file`.
    /// - Throws: a sentence with the path.
    static func bytes(_ path: String, _ what: String) throws(SetupError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw SetupError("\(what) \(path) can't be read: \(Self.words(errno))") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw SetupError("\(what) \(path) can't be read: it is a folder; name a file")
        }
        do {
            return [UInt8](try file.readToEnd() ?? Data())
        } catch {
            throw SetupError("\(what) \(path) can't be read: \(Self.reason(error))")
        }
    }

    static func text(_ path: String, _ what: String) throws(SetupError) -> String {
        guard let text = String(validating: try bytes(path, what), as: UTF8.self) else {
            throw SetupError("\(what) \(path) is no text; is it the right file?")
        }
        return text
    }

    /// Why Foundation couldn't read, write or make a file, without its error's name and domain.
    static func reason(_ error: any Error) -> String {
        let error = error as NSError
        if error.domain == NSPOSIXErrorDomain { return words(Int32(error.code)) }
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? any Error { return reason(cause) }
        switch CocoaError.Code(rawValue: error.code) {
        case .fileWriteFileExists: return "there is a file of this name"
        case .fileNoSuchFile, .fileReadNoSuchFile: return words(ENOENT)
        case .fileReadNoPermission, .fileWriteNoPermission: return words(EACCES)
        case .fileWriteOutOfSpace: return words(ENOSPC)
        case .fileWriteVolumeReadOnly: return words(EROFS)
        default: return "the file system refused it"
        }
    }

    private static func words(_ code: Int32) -> String {
        switch code {
        case ENOENT: "there is no such file or folder"
        case EACCES, EPERM: "this user may not"
        case ENOTDIR: "a part of the path is a file, not a folder"
        case EEXIST: "there is a file of this name"
        case EISDIR: "it is a folder; name a file"
        default: String(cString: strerror(code))
        }
    }
}
