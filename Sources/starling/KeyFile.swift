import ArgumentParser
import EthCrypto
import Files
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

    /// Writes a file that only its owner can read, whole or not at all. Fails where there is one already.
    static func write(_ key: PrivateKey, to path: String) throws {
        do throws(FileError) {
            try AtomicFile.write((Hex.encode(key.bytes) + "\n").utf8, to: path, mode: 0o600, replacing: false)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// The node's key: the one in the file, which is made where there is none.
    ///
    /// - Parameter work: what the node id of a new one must have cost.
    static func readOrMake(_ path: String, work: Int = 0) throws -> PrivateKey {
        guard FileManager.default.fileExists(atPath: path) else {
            let key = NodeIDWork.makeKey(work: work)
            try write(key, to: path)
            return key
        }
        do {
            return try read(path)
        } catch {
            let isEmpty = (try? String(contentsOfFile: path, encoding: .utf8))?.isEmpty == true
            throw ValidationError(
                isEmpty
                    ? "the node's key file \(path) is empty: remove it, and the next start makes a new key"
                    : "the node's key file \(path) can't be read or holds no key: put back a copy of it (64 hexadecimal "
                        + "digits), or remove it, and the next start makes a new key, with which the node has a new id")
        }
    }
}
