# What is called by name and is no step of its own: it calls what is. racecheck reads this behind the assembly of each program; what that defines
# itself it keeps. The state of streams is what compilers look at where they have written a part of them themselves; only the address of
# std::cout has a meaning. Offsets are those of libstdc++ for x86-64.
    .text

# What runs before main, main, and what was registered to run behind it.
    .type _start, @function
_start:
    leaq __init_array_start(%rip), %rbx
    leaq __init_array_end(%rip), %rbp
.Lracecheck_constructor:
    cmpq %rbp, %rbx
    je .Lracecheck_main
    call *(%rbx)
    addq $8, %rbx
    jmp .Lracecheck_constructor
.Lracecheck_main:
    movl $1, %edi
    xorl %esi, %esi
    call main
.Lracecheck_destructor:
    movq racecheck_registered(%rip), %rbx
    testq %rbx, %rbx
    je .Lracecheck_end
    subq $16, %rbx
    movq %rbx, racecheck_registered(%rip)
    leaq 8+racecheck_registered(%rip), %rax
    movq 8(%rax,%rbx), %rdi
    call *(%rax,%rbx)
    jmp .Lracecheck_destructor
.Lracecheck_end:
    ret

# int __cxa_atexit(void (*function)(void *), void *argument, void *)
    .type __cxa_atexit, @function
__cxa_atexit:
    pushq %rdi
    pushq %rsi
    call racecheck_alone
    popq %rsi
    popq %rdi
    movq racecheck_registered(%rip), %rax
    leaq 8+racecheck_registered(%rip), %rcx
    movq %rdi, (%rcx,%rax)
    movq %rsi, 8(%rcx,%rax)
    addq $16, %rax
    movq %rax, racecheck_registered(%rip)
    xorl %eax, %eax
    ret

# void std::thread::_M_start_thread(std::unique_ptr<_State>, void (*)())
    .type _ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14default_deleteIS1_EEPFvvE, @function
_ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14default_deleteIS1_EEPFvvE:
    movq (%rsi), %rcx
    movq $0, (%rsi)
    xorl %esi, %esi
    leaq racecheck_thread(%rip), %rdx
    jmp pthread_create

# What is to be run, and its end: both are virtual functions.
    .type racecheck_thread, @function
racecheck_thread:
    pushq %rbx
    movq %rdi, %rbx
    movq (%rbx), %rax
    call *16(%rax)
    movq %rbx, %rdi
    movq (%rbx), %rax
    call *8(%rax)
    xorl %eax, %eax
    popq %rbx
    ret

# void std::thread::join()
    .type _ZNSt6thread4joinEv, @function
_ZNSt6thread4joinEv:
    pushq %rbx
    movq %rdi, %rbx
    movq (%rbx), %rdi
    xorl %esi, %esi
    call pthread_join
    movq $0, (%rbx)
    popq %rbx
    ret

# void std::thread::detach()
    .type _ZNSt6thread6detachEv, @function
_ZNSt6thread6detachEv:
    movq $0, (%rdi)
    ret

# void std::condition_variable::wait(std::unique_lock<std::mutex> &), where the lock begins with the mutex's address
    .type _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE, @function
_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE:
    movq (%rsi), %rsi
    jmp pthread_cond_wait

# std::ostream &std::ostream::operator<<(std::ostream &(*)(std::ostream &))
    .type _ZNSolsEPFRSoS_E, @function
_ZNSolsEPFRSoS_E:
    jmp *%rsi

# int pthread_once(pthread_once_t *once, void (*function)()): who comes meanwhile waits
    .type pthread_once, @function
pthread_once:
    pushq %rbx
    pushq %rbp
    movq %rdi, %rbx
    movq %rsi, %rbp
    call pthread_spin_lock
    cmpl $2, (%rbx)
    je .Lracecheck_done
    call *%rbp
    movl $2, (%rbx)
.Lracecheck_done:
    movq %rbx, %rdi
    call pthread_spin_unlock
    xorl %eax, %eax
    popq %rbp
    popq %rbx
    ret

    .type call_once, @function
call_once:
    jmp pthread_once

# What std::call_once hands to pthread_once: it has put what is to be called into two variables of the thread.
    .type __once_proxy, @function
__once_proxy:
    movq %fs:_ZSt11__once_call@tpoff, %rax
    jmp *%rax

# A static variable of a function is made once; who comes meanwhile waits. The first byte says that it is there.
    .type __cxa_guard_acquire, @function
__cxa_guard_acquire:
    pushq %rbx
    movq %rdi, %rbx
    call pthread_spin_lock
    movl $1, %eax
    cmpb $0, (%rbx)
    je .Lracecheck_guarded
    movq %rbx, %rdi
    call pthread_spin_unlock
    xorl %eax, %eax
.Lracecheck_guarded:
    popq %rbx
    ret

    .type __cxa_guard_release, @function
__cxa_guard_release:
    movb $1, (%rdi)
    jmp pthread_spin_unlock

    .type __cxa_guard_abort, @function
__cxa_guard_abort:
    jmp pthread_spin_unlock

# std::string: where the text is, its length, and 16 bytes in which a short one lies, or else how many there are. What belongs to it is never given back.
    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE7_M_dataEPc, @function
    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE12_Alloc_hiderC1EPcRKS3_, @function
    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE12_Alloc_hiderC2EPcRKS3_, @function
    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE12_Alloc_hiderC1EPcOS3_, @function
    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE12_Alloc_hiderC2EPcOS3_, @function
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE7_M_dataEPc:
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE12_Alloc_hiderC1EPcRKS3_:
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE12_Alloc_hiderC2EPcRKS3_:
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE12_Alloc_hiderC1EPcOS3_:
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE12_Alloc_hiderC2EPcOS3_:
    movq %rsi, (%rdi)
    ret

    .type _ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE7_M_dataEv, @function
    .type _ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE5c_strEv, @function
    .type _ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE4dataEv, @function
_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE7_M_dataEv:
_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE5c_strEv:
_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE4dataEv:
    movq (%rdi), %rax
    ret

    .type _ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE4sizeEv, @function
    .type _ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE6lengthEv, @function
_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE4sizeEv:
_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE6lengthEv:
    movq 8(%rdi), %rax
    ret

    .type _ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE5emptyEv, @function
_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE5emptyEv:
    xorl %eax, %eax
    cmpq $0, 8(%rdi)
    sete %al
    ret

    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEixEm, @function
    .type _ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEixEm, @function
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEixEm:
_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEixEm:
    movq (%rdi), %rax
    addq %rsi, %rax
    ret

    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE13_M_local_dataEv, @function
    .type _ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE13_M_local_dataEv, @function
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE13_M_local_dataEv:
_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE13_M_local_dataEv:
    leaq 16(%rdi), %rax
    ret

    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE11_M_capacityEm, @function
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE11_M_capacityEm:
    movq %rsi, 16(%rdi)
    ret

    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE13_M_set_lengthEm, @function
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE13_M_set_lengthEm:
    movq %rsi, 8(%rdi)
    movq (%rdi), %rax
    movb $0, (%rax,%rsi)
    ret

    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE9_M_createERmm, @function
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE9_M_createERmm:
    movq (%rsi), %rdi
    addq $1, %rdi
    jmp _Znwm

    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE10_M_disposeEv, @function
    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEED1Ev, @function
    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEED2Ev, @function
    .type _ZNSaIcEC1Ev, @function
    .type _ZNSaIcEC2Ev, @function
    .type _ZNSaIcEC1ERKS_, @function
    .type _ZNSaIcEC2ERKS_, @function
    .type _ZNSaIcED1Ev, @function
    .type _ZNSaIcED2Ev, @function
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE10_M_disposeEv:
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEED1Ev:
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEED2Ev:
_ZNSaIcEC1Ev:
_ZNSaIcEC2Ev:
_ZNSaIcEC1ERKS_:
_ZNSaIcEC2ERKS_:
_ZNSaIcED1Ev:
_ZNSaIcED2Ev:
    ret

    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE13_S_copy_charsEPcPKcS7_, @function
    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE13_S_copy_charsEPcS5_S5_, @function
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE13_S_copy_charsEPcPKcS7_:
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE13_S_copy_charsEPcS5_S5_:
    subq %rsi, %rdx
    jmp memcpy

    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC1Ev, @function
    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC2Ev, @function
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC1Ev:
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC2Ev:
    leaq 16(%rdi), %rax
    movq %rax, (%rdi)
    movq $0, 8(%rdi)
    movb $0, 16(%rdi)
    ret

# std::string(const std::string &), and of one that is left empty
    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC1ERKS4_, @function
    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC2ERKS4_, @function
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC1ERKS4_:
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC2ERKS4_:
    pushq %rbx
    pushq %rbp
    pushq %r12
    movq %rdi, %rbx
    movq %rsi, %rbp
    leaq 16(%rdi), %rax
    movq 8(%rsi), %r12
    cmpq $15, %r12
    jbe .Lracecheck_short
    leaq 1(%r12), %rdi
    call _Znwm
    movq %r12, 16(%rbx)
.Lracecheck_short:
    movq %rax, (%rbx)
    movq %r12, 8(%rbx)
    movq %rax, %rdi
    movq (%rbp), %rsi
    leaq 1(%r12), %rdx
    call memcpy
    popq %r12
    popq %rbp
    popq %rbx
    ret

    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC1EOS4_, @function
    .type _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC2EOS4_, @function
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC1EOS4_:
_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC2EOS4_:
    pushq %rbx
    movq %rsi, %rbx
    call _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEC1ERKS4_
    leaq 16(%rbx), %rax
    movq %rax, (%rbx)
    movq $0, 8(%rbx)
    movb $0, 16(%rbx)
    popq %rbx
    ret

# std::ostream &operator<<(std::ostream &, const std::string &)
    .type _ZStlsIcSt11char_traitsIcESaIcEERSt13basic_ostreamIT_T0_ES7_RKNSt7__cxx1112basic_stringIS4_S5_T1_EE, @function
_ZStlsIcSt11char_traitsIcESaIcEERSt13basic_ostreamIT_T0_ES7_RKNSt7__cxx1112basic_stringIS4_S5_T1_EE:
    movq 8(%rsi), %rdx
    movq (%rsi), %rsi
    jmp _ZSt16__ostream_insertIcSt11char_traitsIcEERSt13basic_ostreamIT_T0_ES6_PKS3_l

# char *strcpy(char *to, const char *from)
    .type strcpy, @function
strcpy:
    movq %rdi, %rax
.Lracecheck_strcpy:
    movzbl (%rsi), %ecx
    movb %cl, (%rdi)
    incq %rsi
    incq %rdi
    testb %cl, %cl
    jne .Lracecheck_strcpy
    ret

# char *strncpy(char *to, const char *from, size_t count)
    .type strncpy, @function
strncpy:
    movq %rdi, %rax
.Lracecheck_strncpy:
    testq %rdx, %rdx
    je .Lracecheck_strncpy_end
    movzbl (%rsi), %ecx
    movb %cl, (%rdi)
    incq %rdi
    decq %rdx
    testb %cl, %cl
    je .Lracecheck_strncpy
    incq %rsi
    jmp .Lracecheck_strncpy
.Lracecheck_strncpy_end:
    ret

# char *strcat(char *to, const char *from)
    .type strcat, @function
strcat:
    pushq %rdi
.Lracecheck_strcat:
    cmpb $0, (%rdi)
    je .Lracecheck_strcat_end
    incq %rdi
    jmp .Lracecheck_strcat
.Lracecheck_strcat_end:
    call strcpy
    popq %rax
    ret

# char *strdup(const char *text)
    .type strdup, @function
strdup:
    pushq %rdi
    call strlen
    leaq 1(%rax), %rdi
    call malloc
    popq %rsi
    movq %rax, %rdi
    jmp strcpy

# int strcmp(const char *a, const char *b)
    .type strcmp, @function
strcmp:
    movzbl (%rdi), %eax
    movzbl (%rsi), %ecx
    subl %ecx, %eax
    jne .Lracecheck_strcmp_end
    testb %cl, %cl
    je .Lracecheck_strcmp_end
    incq %rdi
    incq %rsi
    jmp strcmp
.Lracecheck_strcmp_end:
    ret

# int strncmp(const char *a, const char *b, size_t count)
    .type strncmp, @function
strncmp:
    xorl %eax, %eax
    testq %rdx, %rdx
    je .Lracecheck_strncmp_end
    movzbl (%rdi), %eax
    movzbl (%rsi), %ecx
    subl %ecx, %eax
    jne .Lracecheck_strncmp_end
    testb %cl, %cl
    je .Lracecheck_strncmp_end
    incq %rdi
    incq %rsi
    decq %rdx
    jmp strncmp
.Lracecheck_strncmp_end:
    ret

# int memcmp(const void *a, const void *b, size_t count)
    .type memcmp, @function
memcmp:
    xorl %eax, %eax
    testq %rdx, %rdx
    je .Lracecheck_memcmp_end
    movzbl (%rdi), %eax
    movzbl (%rsi), %ecx
    subl %ecx, %eax
    jne .Lracecheck_memcmp_end
    incq %rdi
    incq %rsi
    decq %rdx
    jmp memcmp
.Lracecheck_memcmp_end:
    ret


# int pthread_key_create(pthread_key_t *key, void (*destructor)(void *)): each thread has a pointer of its own for each key
    .type pthread_key_create, @function
pthread_key_create:
    testq %rsi, %rsi
    je .Lracecheck_key
    call racecheck_destructor
.Lracecheck_key:
    movl racecheck_keys(%rip), %eax
    movl %eax, (%rdi)
    incl %eax
    movl %eax, racecheck_keys(%rip)
    cmpl $16, %eax
    jle .Lracecheck_key_end
    call racecheck_too_many_keys
.Lracecheck_key_end:
    xorl %eax, %eax
    ret

# int pthread_key_delete(pthread_key_t)
    .type pthread_key_delete, @function
pthread_key_delete:
    xorl %eax, %eax
    ret

# int pthread_setspecific(pthread_key_t key, const void *pointer)
    .type pthread_setspecific, @function
pthread_setspecific:
    movl %edi, %edi
    movq %fs:0, %rax
    leaq racecheck_specific@tpoff(%rax), %rax
    movq %rsi, (%rax,%rdi,8)
    xorl %eax, %eax
    ret

# void *pthread_getspecific(pthread_key_t key)
    .type pthread_getspecific, @function
pthread_getspecific:
    movl %edi, %edi
    movq %fs:0, %rax
    leaq racecheck_specific@tpoff(%rax), %rax
    movq (%rax,%rdi,8), %rax
    ret

    .section .tbss.racecheck
    .align 8
    .size _ZSt11__once_call, 8
_ZSt11__once_call: .zero 8
    .size _ZSt15__once_callable, 8
_ZSt15__once_callable: .zero 8
    .size racecheck_specific, 128
racecheck_specific: .zero 128
    .section .data.racecheck
    .align 8
    .size racecheck_registered, 520
racecheck_registered: .zero 520
    .size racecheck_keys, 4
racecheck_keys: .zero 4
    .section .data.rel.ro.racecheck
    .align 8

# Counts of owners are changed by atomic instructions.
    .size __libc_single_threaded, 1
__libc_single_threaded: .byte 0
    .align 8

# Before the virtual functions stands where the base of a stream is. That has a table of characters, each of which is itself.
    .quad 8, 0, 0
racecheck_stream: .quad 0
racecheck_ctype: .zero 56
    .byte 1
    .byte 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    .byte 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60
    .byte 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89
    .byte 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114
    .byte 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127
    .align 8
    .size _ZSt4cout, 272
_ZSt4cout: .quad racecheck_stream
    .zero 240
    .quad racecheck_ctype
    .zero 16
    .size _ZSt4cerr, 272
_ZSt4cerr: .quad racecheck_stream
    .zero 240
    .quad racecheck_ctype
    .zero 16
    .size _ZSt4clog, 272
_ZSt4clog: .quad racecheck_stream
    .zero 240
    .quad racecheck_ctype
    .zero 16
