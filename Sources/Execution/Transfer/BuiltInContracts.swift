import Chain
import Primitives

/// The addresses of the precompiled contracts: a call of one costs gas for its computation, so it is no plain transfer.
enum BuiltInContracts {
    static func contain(_ address: Address, at fork: Fork) -> Bool {
        guard address.withUnsafeBytes({ $0[..<18].allSatisfy { $0 == 0 } }) else { return false }
        let number = Int(address[18]) << 8 | Int(address[19])
        return switch number {
        case 1...4: true
        case 5...8: fork >= .byzantium
        case 9: fork >= .istanbul
        // EIP-4844's point evaluation.
        case 10: fork >= .cancun
        // EIP-2537's curve BLS12-381.
        case 11...17: fork >= .prague
        // EIP-7951's curve secp256r1.
        case 256: fork >= .osaka
        default: false
        }
    }
}
