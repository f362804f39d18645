public import Chain
import EthCrypto
import KeyValue
public import Primitives
import RLP
public import Storage
import Trie

/// All accounts after some block, with the changes made since.
///
/// Accounts are read from the state trie once and cached; changes stay in memory until `commit`. Within a transaction
/// they can be rolled back. The value may be kept from block to block as a cache; its memory grows with the accounts
/// and slots used (`cachedCount`), so replace it by a new one from time to time.
public struct WorldState: Sendable {
    let chain: ChainStore
    var trie: MerkleTrie
    /// The cached accounts: nil for one that is known to be absent.
    var accounts: [Address: Account?] = [:]
    /// The cached slots of each account.
    var slots: [Address: [Hash32: UInt256]] = [:]
    /// Code set since the last commit, by its hash.
    var code: [Hash32: [UInt8]] = [:]
    /// The accounts that differ from the trie.
    var changedAccounts: Set<Address> = []
    var changedSlots: [Address: Set<Hash32>] = [:]
    /// The storage tries in use, each as of its account's `storageRoot`.
    var storages: [Address: MerkleTrie] = [:]
    /// What the current transaction replaced, in order.
    var journal: [Replaced] = []

    enum Replaced: Sendable {
        case account(Address, Account?)
        case slot(Address, Hash32, UInt256)
        case slots(Address, [Hash32: UInt256], changed: Set<Hash32>)
    }

    /// The state with this root, whose nodes are in the store. Nothing is read yet.
    public init(root: Hash32 = .emptyTrieRoot, chain: ChainStore) {
        self.chain = chain
        trie = MerkleTrie(root: root, source: StateNodes(chain.store))
    }

    /// The number of trie nodes, accounts and slots in memory.
    ///
    /// - Complexity: O(accounts with cached slots).
    public var cachedCount: Int { trie.nodeCount + accounts.count + slots.values.reduce(0) { $0 + $1.count } }

    /// The account at an address; nil if there is none.
    ///
    /// - Throws: `state`, `malformedState`.
    public mutating func account(_ address: Address) throws(ExecutionError) -> Account? {
        if let known = accounts[address] { return known }
        let account: Account?
        do throws(TrieError) {
            account = try trie.get(Keccak256.hash(address).bytes).map { bytes throws(TrieError) in
                do throws(RLPError) { return try Account(rlp: bytes) } catch { throw .malformedNode(error) }
            }
        } catch {
            if case .malformedNode = error { throw .malformedState(address) }
            throw .state(error)
        }
        accounts[address] = .some(account)
        return account
    }

    /// Replaces an account, or with nil removes it and its storage.
    ///
    /// - Throws: `state`, `malformedState`: the old account is read, so that it can be restored.
    public mutating func setAccount(_ account: Account?, at address: Address) throws(ExecutionError) {
        journal.append(.account(address, try self.account(address)))
        if account == nil, let old = slots.removeValue(forKey: address) {
            journal.append(.slots(address, old, changed: changedSlots.removeValue(forKey: address) ?? []))
        }
        accounts[address] = .some(account)
        changedAccounts.insert(address)
    }

    /// Adds to a balance, in wei. An absent account is created, even for an amount of zero.
    ///
    /// - Throws: `balanceOverflow`, `state`, `malformedState`.
    public mutating func add(_ amount: UInt256, to address: Address) throws(ExecutionError) {
        var account = try account(address) ?? Account()
        guard let balance = account.balance.adding(amount) else { throw .balanceOverflow(address) }
        account.balance = balance
        try setAccount(account, at: address)
    }

    /// The code of an account; empty if it has none.
    ///
    /// - Throws: `storage`; `malformedState` if the code is not in the store; as `account`.
    public mutating func code(of address: Address) throws(ExecutionError) -> [UInt8] {
        guard let account = try account(address), account.hasCode else { return [] }
        if let code = code[account.codeHash] { return code }
        do throws(StorageError) {
            if let code = try chain.code(account.codeHash) { return code }
        } catch {
            throw .storage(error)
        }
        throw .malformedState(address)
    }

    /// Sets the code of an account. An absent account is created.
    ///
    /// - Throws: `state`, `malformedState`.
    public mutating func setCode(_ bytes: [UInt8], of address: Address) throws(ExecutionError) {
        var account = try account(address) ?? Account()
        account.codeHash = Keccak256.hash(bytes)
        if account.hasCode { code[account.codeHash] = bytes }
        try setAccount(account, at: address)
    }
}
