
	 .main 
	 nop	# x ÿ
