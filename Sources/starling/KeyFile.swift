import ArgumentParser
import EthCrypto
import Foundation
import Primitives

/// A private key in a file: 64 hexadecimal digits, as go-ethereum's nodekey.
enum KeyFile {
    static func read(_ path: String) throws -> PrivateKey {
        guard FileManager.default.fileExists(atPath: path) else {
            throw SetupError("there is no key file \(path); make one with 'starling key generate \(path)'")
        }
        return try parse(try InputFile.text(path, "the key file"), from: "the key file \(path)")
    }

    static func parse(_ text: String, from source: String) throws -> PrivateKey {
        do {
            return try PrivateKey(hex: text.trimmingCharacters(in: .whitespacesAndNewlines))
        } catch {
            throw SetupError("\(source) holds no private key; it must be 64 hexadecimal digits")
        }
    }

    /// Writes a file that only its owner can read. Fails where there is one already.
    static func write(_ key: PrivateKey, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else {
            let why =
                errno == EEXIST
                ? "exists already; remove it first if it isn't needed" : String(cString: strerror(errno))
            throw ValidationError("\(path) \(why)")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data((Hex.encode(key.bytes) + "\n").utf8))
    }

    /// The node's key: the one in the file, which is made where there is none.
    ///
    /// - Parameter work: what the node id of a new one must have cost.
    static func readOrMake(_ path: String, work: Int = 0) throws -> PrivateKey {
        if FileManager.default.fileExists(atPath: path) { return try read(path) }
        let key = NodeIDWork.makeKey(work: work)
        try write(key, to: path)
        return key
    }
}
