public import Primitives

/// Why a network can't be used; `description` is one sentence for the user who named it.
public enum NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Neither a known network nor a file; `searched` are the folders in which the name was looked up.
    case unknown(name: String, searched: [String])
    /// The genesis file is invalid, or a file can't be read.
    case genesis(GenesisFileError)
    /// A line of `bootnodes.txt` that is neither an enode URL nor a record; lines count from 1.
    case bootnode(file: String, line: Int)
    /// The genesis block or its fork ids aren't those of `expected.json`.
    case mismatch(network: String, expected: Hash32, found: Hash32)
    /// A value of `expected.json` is missing or malformed.
    case expectation(file: String, key: String)

    public var description: String {
        switch self {
        case .unknown(let name, let searched):
            "\(name): there is no such file, and no network of this name"
                + (searched.isEmpty ? "" : " in " + searched.joined(separator: " or "))
                + "; the program knows \(NetworkFolder.embeddedNames.joined(separator: ", "))."
        case .genesis(let error): error.description
        case .bootnode(let file, let line):
            "\(file): line \(line) is neither an enode URL nor a record (enr:) with an address."
        case .mismatch(let network, let expected, let found):
            "\(network): genesis.json gives block \(found), but expected.json has block \(expected), or other fork ids."
        case .expectation(let file, let key): "\(file): \(key) is missing or invalid."
        }
    }
}
