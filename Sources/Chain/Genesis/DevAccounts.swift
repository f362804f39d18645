public import EthCrypto
public import Primitives

/// Keys for test networks on one machine.
///
/// **Insecure by design**: every key is derived from a text in this file, so anybody can compute it. Never send
/// anything of value to one of these accounts, and never run a publicly reachable node with one of these keys.
public enum DevAccounts {
    /// The number of accounts funded in a devnet's genesis.
    public static let count = 10

    /// The keys of the funded accounts.
    public static var funded: [PrivateKey] { (0..<count).map(key) }

    /// The key of account `index`, which is funded at genesis if `index` is below `count`.
    public static func key(_ index: Int) -> PrivateKey { derive("starling devnet test account \(index)") }

    /// The address of account `index`.
    public static func address(_ index: Int) -> Address { key(index).publicKey.address }

    /// The Clique key of a cluster's signer `index`.
    public static func signerKey(_ index: Int) -> PrivateKey { derive("starling devnet test signer \(index)") }

    /// The address of a cluster's signer `index`.
    public static func signer(_ index: Int) -> Address { signerKey(index).publicKey.address }

    /// The devp2p identity of a cluster's node `index`.
    public static func nodeKey(_ index: Int) -> PrivateKey { derive("starling devnet test node \(index)") }

    /// Keccak-256 of the text, hashed again until it is a valid key.
    private static func derive(_ text: String) -> PrivateKey {
        var hash = Keccak256.hash(text.utf8)
        while true {
            if let key = try? PrivateKey(hash.bytes) { return key }
            hash = Keccak256.hash(hash)
        }
    }
}
